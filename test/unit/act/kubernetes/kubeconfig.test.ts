import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { PlatformError } from '../../../../lib/act/errors.ts';
import { atHome } from '../../../../lib/act/kubernetes/access.ts';
import { kubernetes } from '../../../../lib/act/kubernetes/kind.ts';
import { readKubeconfig } from '../../../../lib/act/kubernetes/kubeconfig.ts';
import { millis } from '../../../../lib/model/units.ts';
import { selfSigned } from '../../../fake/certificate.ts';
import { createKubernetesApi } from '../../../fake/kubernetes-api.ts';
import { acting, CANARY, createTestClock, deployment, listOf, target } from './bench.ts';

const SERVER = 'https://127.0.0.1:6443';

const kubeconfig = (user: object, cluster: object = {}) => ({
  'current-context': 'here',
  contexts: [
    { name: 'here', context: { cluster: 'local', user: 'me' } },
    { name: 'production', context: { cluster: 'local', user: 'me' } },
    { name: 'nobody', context: { cluster: 'local', user: 'gone' } },
    { name: 'nowhere', context: { cluster: 'gone', user: 'me' } },
  ],
  clusters: [{ name: 'local', cluster: { server: SERVER, ...cluster } }],
  users: [{ name: 'me', user }],
});

describe('a kubeconfig', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rubato-'));
    path = join(folder, 'kubeconfig');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const { signal } = acting;
  const write = (content: object | string) =>
    writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  const open = (context?: string) => readKubeconfig({ connection: 'prod', path, context });
  const failure = async (work: Promise<unknown>): Promise<PlatformError> => {
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PlatformError);
    expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toContain(
      CANARY,
    );
    expect((error as Error).cause).toBeUndefined();
    return error as PlatformError;
  };

  test('gives the server, its authority and the token', async () => {
    const authority = Buffer.from('an authority');
    await write(
      kubeconfig(
        { token: CANARY },
        {
          'certificate-authority-data': authority.toString('base64'),
          'tls-server-name': 'kubernetes',
        },
      ),
    );
    const access = await open();
    expect(access.server).toBe(SERVER);
    expect(await access.authorize(signal)).toEqual({
      headers: { Authorization: `Bearer ${CANARY}` },
      tls: { ca: authority, servername: 'kubernetes' },
      proxy: undefined,
    });
  });

  test('may name files, from its own folder, whose last line ends', async () => {
    await writeFile(join(folder, 'ca.pem'), 'an authority');
    await writeFile(join(folder, 'token'), `${CANARY}\n`);
    const tokenFile = join(folder, 'token');
    await write(
      kubeconfig(
        { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } },
        { 'certificate-authority': 'ca.pem' },
      ),
    );
    const { headers, tls } = await (await open()).authorize(signal);
    expect(headers).toEqual({ Authorization: `Bearer ${CANARY}` });
    expect(String(tls.ca)).toBe('an authority');
  });

  test('may have user and password', async () => {
    await write(kubeconfig({ username: 'me', password: CANARY }));
    const { headers } = await (await open()).authorize(signal);
    const expected = Buffer.from(`me:${CANARY}`).toString('base64');
    expect(headers['Authorization']).toBe(`Basic ${expected}`);
  });

  test('may get a token from a program, which is asked once', async () => {
    const count = join(folder, 'count');
    const credential = { kind: 'ExecCredential', status: { token: CANARY } };
    const script = `require('fs').appendFileSync('${count}','x');console.log('${JSON.stringify(credential)}')`;
    await write(kubeconfig({ exec: { command: process.execPath, args: ['-e', script] } }));
    const access = await open();
    const atOnce = await Promise.all([1, 2, 3].map(() => access.authorize(signal)));
    for (const { headers } of [...atOnce, await access.authorize(signal)]) {
      expect(headers).toEqual({ Authorization: `Bearer ${CANARY}` });
    }
    expect(await readFile(count, 'utf8')).toBe('x');
  });

  test.for([
    {
      name: 'a program that is not there, as on Lambda',
      exec: { command: 'aws-iam-authenticator-not-here', args: ['token'] },
      message:
        /the user me in .*kubeconfig gets its credentials from the program aws-iam-authenticator-not-here, which is not installed here\. On Lambda .* eks: <cluster name> in place of kubeconfig/,
    },
    {
      name: 'a program that fails and prints the token',
      exec: {
        command: process.execPath,
        args: ['-e', `console.error('${CANARY}');process.exit(3)`],
      },
      message:
        /the program .*node, which gives the user me in .* its credentials, failed\. Run it by hand/,
    },
    {
      name: 'a program that prints the token without JSON',
      exec: { command: process.execPath, args: ['-e', `console.log('${CANARY}')`] },
      message: /failed\. Run it by hand/,
    },
  ])('with $name is UNAUTHENTICATED and says what to do', async ({ exec, message }) => {
    await write(kubeconfig({ exec }));
    const access = await open();
    const error = await failure(access.authorize(signal));
    expect(error).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringMatching(message),
    });
  });

  test('with a program that hangs ends with the time limit', async () => {
    const program = ['-e', 'setTimeout(()=>{},1500)'];
    await write(kubeconfig({ exec: { command: process.execPath, args: program } }));
    const deployer = await kubernetes.open(
      {
        name: 'prod',
        kind: 'kubernetes',
        settings: { kubeconfig: path, timeout: millis(200) },
      },
      {
        region: undefined,
        clock: createTestClock(),
        secrets: { resolve: () => Promise.reject(new Error('none')) },
      },
    );
    const [reading] = await deployer.read([target()], acting);
    expect(reading).toMatchObject({ found: 'unknown', error: { code: 'TIMED_OUT' } });
    await deployer.close();
  });

  test('with a token file that is gone is UNAUTHENTICATED', async () => {
    const tokenFile = join(folder, 'nothing');
    await write(kubeconfig({ 'auth-provider': { name: 'tokenFile', config: { tokenFile } } }));
    const access = await open();
    const error = await failure(access.authorize(signal));
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(error.message).toMatch(/cannot be read \(ENOENT\)/);
  });

  test.for([
    {
      name: 'that is not there',
      content: undefined,
      context: undefined,
      message: /The kubeconfig .*kubeconfig of the connection prod cannot be read \(ENOENT\)/,
    },
    {
      name: 'that is no YAML, near a token',
      content: `users:\n- {token: ${CANARY}, }}`,
      context: undefined,
      message: /is not valid \(line \d\)\. Check it with kubectl config view/,
    },
    { name: 'that is empty', content: '\n', context: undefined, message: /is not valid/ },
    {
      name: 'without the context that is wanted',
      content: kubeconfig({}),
      context: 'prodution',
      message:
        /has no context prodution \(did you mean "production"\?\)\. Set context of the connection prod to one of: here, production, nobody, nowhere\./,
    },
    {
      name: 'without a current context',
      content: { ...kubeconfig({}), 'current-context': undefined },
      context: undefined,
      message: /has no current context/,
    },
    {
      name: 'whose context names a user that is not there',
      content: kubeconfig({}),
      context: 'nobody',
      message: /names the user gone, which is not in the file/,
    },
    {
      name: 'whose context names a cluster that is not there',
      content: kubeconfig({}),
      context: 'nowhere',
      message: /names the cluster gone, which is not in the file/,
    },
  ])('$name is REFUSED', async ({ content, context, message }) => {
    if (content !== undefined) await write(content);
    const error = await failure(open(context));
    expect(error).toMatchObject({ code: 'REFUSED', message: expect.stringMatching(message) });
  });

  test('with a token for an http server is REFUSED before anything is sent', async () => {
    await write(kubeconfig({ token: CANARY }, { server: 'http://127.0.0.1:1' }));
    const access = await open();
    const error = await failure(access.authorize(signal));
    expect(error).toMatchObject({ code: 'REFUSED', message: expect.stringMatching(/http URL/) });
  });

  test('leads to the API server over TLS, and not with another authority', async () => {
    const certificate = selfSigned();
    const api = await createKubernetesApi(certificate);
    api.on('GET /apis/apps/v1', listOf(deployment('orders')));
    const connect = () =>
      kubernetes.open(
        { name: 'prod', kind: 'kubernetes', settings: { kubeconfig: path, timeout: millis(2000) } },
        {
          region: undefined,
          clock: createTestClock(),
          secrets: { resolve: () => Promise.reject(new Error('none')) },
        },
      );
    for (const { pem, found } of [
      { pem: certificate.certificate, found: 'yes' },
      { pem: selfSigned().certificate, found: 'unknown' },
    ]) {
      const authority = { 'certificate-authority-data': Buffer.from(pem).toString('base64') };
      await write(kubeconfig({ token: CANARY }, { server: `${api.url}/`, ...authority }));
      const deployer = await connect();
      const [reading] = await deployer.read([target()], acting);
      expect(reading?.found).toBe(found);
      await deployer.close();
    }
    expect(api.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${CANARY}`]);
    await api.close();
  });
});

test.for([
  { path: '~/.kube/config', found: '/home/me/.kube/config' },
  { path: '~', found: '/home/me' },
  { path: '/etc/kubeconfig', found: '/etc/kubeconfig' },
  { path: 'infra/~/kubeconfig', found: 'infra/~/kubeconfig' },
])('the path $path is $found', ({ path, found }) => {
  expect(atHome(path, '/home/me')).toBe(found);
});
