/** A secret by reference; the secret itself is never written in a file or a rule. */
export interface SecretReference {
  readonly from: 'env' | 'ssm' | 'secretsmanager';
  /** A variable's name, a parameter's path, or a secret's id with an optional `#key` of its JSON. */
  readonly name: string;
}

/** Where secrets come from. What it answers is never logged, recorded or put into an error. */
export interface SecretSource {
  /** Rejects with a SecretError that names the reference when there is no such secret. */
  resolve(reference: SecretReference, signal: AbortSignal): Promise<string>;
}
