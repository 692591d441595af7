import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

export interface AppContext<App> extends Context {
  app: App;
}

/**
 * Gives the handler the app, built at the first call and kept for as long as the container lives.
 * A build that failed is tried again at the next call: what was wrong (a parameter, a table) may
 * have been mended meanwhile, and a container can live for hours.
 */
export function withApp<App, Event, Result>(
  build: () => Promise<App>,
): MiddlewareObj<Event, Result, Error, AppContext<App>> {
  let built: Promise<App> | undefined;
  const once = async (): Promise<App> => {
    built ??= build();
    try {
      return await built;
    } catch (error) {
      built = undefined;
      throw error;
    }
  };
  return {
    async before({ context }) {
      context.app = await once();
    },
  };
}
