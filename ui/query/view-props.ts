import type { PanelState } from '../panels/panel-address.ts';

/** What a view of a panel's result gets. */
export interface ViewProps {
  readonly state: PanelState;
  /** What "now" is; another one is another execution. */
  readonly executedMs: number;
  onChange(change: Partial<PanelState>, options?: { readonly replace?: boolean }): void;
  /** Executes again. */
  onAgain(): void;
}
