import { describe, expect, test } from 'vitest';

import { changed, CHANGES, refuseUnread } from '../../../../infra/lean-sdk/changes.ts';

const pathOf = (file: string): string => `/home/someone/rubato/node_modules/${file}`;
const FILES = new Set(CHANGES.map(({ file }) => pathOf(file)));

describe('changes to the SDK', () => {
  test.each(CHANGES)('are refused where $file is not the text they are for', ({ file }) => {
    expect(() => changed('export const other = 1;', pathOf(file))).toThrow(file);
  });

  test('leave every other module as it is', () => {
    const source = 'import { Sha256Js } from "./Sha256Js";';
    expect(changed(source, pathOf('@smithy/core/dist-es/submodules/checksum/index.js'))).toBe(
      source,
    );
  });

  test.each(CHANGES)('are refused when nothing reads $file any more', ({ file }) => {
    const read = new Set([...FILES].filter((other) => other !== pathOf(file)));
    read.add(pathOf('@aws-sdk/client-dynamodb/dist-es/DynamoDBClient.js'));
    expect(() => refuseUnread(read)).toThrow(file);
  });

  test('are not missed in a bundle without DynamoDB', () => {
    expect(() => {
      refuseUnread(new Set([pathOf('@aws-sdk/client-ssm/dist-es/SSMClient.js')]));
    }).not.toThrow();
    expect(() => {
      refuseUnread(FILES);
    }).not.toThrow();
  });
});
