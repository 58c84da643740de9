// What can be asked of a data folder from the command line, in the spirit of promtool's commands.

export type TsdbCommand =
  | { readonly verb: 'list'; readonly folder: string; readonly humanReadable: boolean }
  | {
      readonly verb: 'dump';
      readonly folder: string;
      /** ms, both included. */
      readonly minTimeMs: number;
      readonly maxTimeMs: number;
      /** Selectors; a series that one of them selects is printed. */
      readonly match: readonly string[];
    }
  | {
      readonly verb: 'analyze';
      readonly folder: string;
      /** A block's ULID; null: the last one. */
      readonly block: string | null;
      /** Lines a table. */
      readonly limit: number;
    }
  | {
      readonly verb: 'create-blocks';
      /** An OpenMetrics text. */
      readonly file: string;
      readonly folder: string;
      readonly humanReadable: boolean;
      readonly quiet: boolean;
    };

/** Why a command could not do what it was asked, in a sentence for the user. */
export class TsdbCommandError extends Error {
  readonly code = 'tsdb_command';
  override name = 'TsdbCommandError';
}
