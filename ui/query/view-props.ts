import type { PanelState } from '../panels/panel-address.ts';
import type { ChangeOptions, TimeWindow } from './use-panels.ts';

/** What a view of a panel's result gets. */
export interface ViewProps {
  readonly state: PanelState;
  /** What "now" is; another one is another execution. */
  readonly executedMs: number;
  /** Where the panel was before each zoom. */
  readonly zooms: readonly TimeWindow[];
  onChange(change: Partial<PanelState>, options?: ChangeOptions): void;
  /** Executes again. */
  onAgain(): void;
}
