import { type Retry, ScalerError } from '../model/errors.ts';

/** The table is missing, of the wrong shape, or out of reach; `code` says which. */
export class StoreError extends ScalerError {
  readonly code:
    | 'TABLE_MISSING'
    | 'STORE_DENIED'
    | 'STORE_THROTTLED'
    | 'STORE_UNREACHABLE'
    | 'ITEM_TOO_LARGE'
    | 'STORE_REFUSED';
  readonly retry: Retry;

  constructor(code: StoreError['code'], what: string, advice: string, options?: ErrorOptions) {
    super(what, advice, options);
    this.code = code;
    this.retry = code === 'STORE_THROTTLED' || code === 'STORE_UNREACHABLE' ? 'next-tick' : 'never';
  }
}
