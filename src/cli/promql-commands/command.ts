// What can be asked about PromQL on the command line: scripts to be run, queries to be printed, and servers to be asked.

/** A question to a server, in the spirit of promtool's. Times as they were given (RFC 3339 or seconds); null: left to the default. */
export type ServerQuestion =
  | { readonly about: 'instant'; readonly query: string; readonly time: string | null }
  | {
      readonly about: 'range';
      readonly query: string;
      readonly start: string | null;
      readonly end: string | null;
      /** A duration, or seconds; null: about 250 steps. */
      readonly step: string | null;
    }
  | { readonly about: 'series'; readonly match: readonly string[]; readonly start: string | null; readonly end: string | null }
  | {
      readonly about: 'labels';
      readonly name: string;
      readonly match: readonly string[];
      readonly start: string | null;
      readonly end: string | null;
    };

export type PromqlCommand =
  | { readonly verb: 'test'; readonly files: readonly string[] }
  | { readonly verb: 'format'; readonly query: string }
  | { readonly verb: 'parse'; readonly query: string }
  | { readonly verb: 'query'; readonly server: string; readonly question: ServerQuestion; readonly format: 'promql' | 'json' };

/** Why a command could not do what it was asked, in a sentence for the user. */
export class PromqlCommandError extends Error {
  readonly code = 'promql_command';
  override name = 'PromqlCommandError';
}
