import path from 'node:path';

/**
 * Makes osls package each function as an esbuild bundle of its own, with connections.yml as JSON
 * beside it, and lets each role do what those connections need. Settings stand in serverless.yml
 * under `custom.rubato`:
 *
 *   connections       the file to package
 *   connecting        functions that reach connections: their roles get the grants
 *   subnetIds, securityGroupIds   comma-separated, for connections inside a VPC; empty = no VPC
 *
 * Handlers are `functions/<name>.handler` in serverless.yml and are pointed at `.build/<name>`.
 */
class EsbuildPlugin {
  constructor(serverless, _options, { log }) {
    if (Number(process.versions.node.split('.')[0]) < 24) {
      throw new serverless.classes.Error(
        `Packaging needs Node 24 and this is ${process.version}. Run it as "npm run package".`,
      );
    }
    this.serverless = serverless;
    this.log = log;
    const bundleAll = () => this.bundle(this.serverless.service.getAllFunctions());
    const bundleOne = () => this.bundle([this.serverless.processedInput.options.function]);
    this.hooks = {
      initialize: () => {
        this.joinNetwork();
        this.recordNothingLocally();
      },
      'before:package:createDeploymentArtifacts': async () => {
        await bundleAll();
        await this.grantConnections();
      },
      'before:deploy:function:packageFunction': bundleOne,
      'before:invoke:local:invoke': bundleOne,
      'after:package:compileEvents': () => this.dropRedundantDependencies(),
    };
  }

  get settings() {
    return this.serverless.service.custom.rubato;
  }

  async bundle(names) {
    const { bundle } = await import('./bundle.ts');
    const { writeConnections } = await import('./connections-file.ts');
    const connections = await this.readConnections();
    for (const name of names) {
      const definition = this.serverless.service.getFunction(name);
      const folder = `.build/${name}`;
      const outdir = path.join(this.serverless.serviceDir, folder);
      await bundle(name, outdir);
      await writeConnections(connections, outdir);
      definition.handler = `${folder}/index.handler`;
      definition.package = { patterns: ['!**', `${folder}/**`, `!${folder}/**/*.map`] };
    }
  }

  async readConnections() {
    const { readConnectionsFile } = await import('./connections-file.ts');
    try {
      return await readConnectionsFile(this.settings.connections);
    } catch (error) {
      throw new this.serverless.classes.Error(error.message);
    }
  }

  async grantConnections() {
    const { grantsFor, unfitForLambda } = await import('./grants.ts');
    const { connections } = await this.readConnections();
    for (const warning of unfitForLambda(connections)) this.log.warning(warning);
    const Statement = grantsFor(connections);
    if (Statement.length === 0) return;
    for (const name of this.settings.connecting) {
      this.roleOf(name).Policies.push({
        PolicyName: 'connections',
        PolicyDocument: { Version: '2012-10-17', Statement },
      });
    }
  }

  /** Brokers of MSK are reached only from inside their VPC, so functions are put there on demand. */
  joinNetwork() {
    const list = (text) =>
      String(text ?? '')
        .split(',')
        .map((id) => id.trim())
        .filter(Boolean);
    const subnetIds = list(this.settings?.subnetIds);
    if (subnetIds.length === 0) return;
    const securityGroupIds = list(this.settings.securityGroupIds);
    this.serverless.service.provider.vpc = { subnetIds, securityGroupIds };
    for (const name of this.serverless.service.getAllFunctions()) {
      // Lambda makes the network interfaces as the role; there is nothing narrower to name them by.
      this.roleOf(name).ManagedPolicyArns = [
        {
          'Fn::Sub':
            'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess',
        },
      ];
    }
  }

  /**
   * `invoke local` refuses a variable that CloudFormation makes, as the bucket's name is, and what
   * runs on a laptop is no tick of the stack whose recordings these are.
   */
  recordNothingLocally() {
    if (this.serverless.processedInput.commands.join(' ') !== 'invoke local') return;
    delete this.serverless.service.provider.environment.RECORDINGS;
  }

  roleOf(name) {
    const { role } = this.serverless.service.getFunction(name);
    return this.serverless.service.resources.Resources[role].Properties;
  }

  /** osls says DependsOn where a GetAtt says it already, which cfn-lint takes for a mistake (W3005). */
  dropRedundantDependencies() {
    const { Resources } = this.serverless.service.provider.compiledCloudFormationTemplate;
    const roles = new Set(
      this.serverless.service
        .getAllFunctions()
        .map((name) => this.serverless.service.getFunction(name).role),
    );
    for (const resource of Object.values(Resources)) {
      if (!Array.isArray(resource.DependsOn)) continue;
      resource.DependsOn = resource.DependsOn.filter((id) => !roles.has(id));
      if (resource.DependsOn.length === 0) delete resource.DependsOn;
    }
  }
}

// oxlint-disable-next-line import/no-default-export -- osls takes a plugin's default export
export default EsbuildPlugin;
