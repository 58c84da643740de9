// /api/v1/metadata.

export interface MetadataAnswer {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** By metric name. */
export type MetadataByName = Readonly<Record<string, readonly MetadataAnswer[]>>;
