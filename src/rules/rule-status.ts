// How a rule's last evaluation went.

export class RuleStatus {
  health: 'unknown' | 'ok' | 'err' = 'unknown';
  /** '' when it went well. */
  lastError = '';
  /** ms; 0 before the first. */
  lastEvaluationMs = 0;
  durationMs = 0;

  evaluated(startedMs: number, durationMs: number, error: string | null): void {
    this.health = error === null ? 'ok' : 'err';
    this.lastError = error ?? '';
    this.lastEvaluationMs = startedMs;
    this.durationMs = durationMs;
  }

  failed(error: string): void {
    this.health = 'err';
    this.lastError = error;
  }
}
