// /api/v1/alertmanagers.

export interface AlertmanagerAnswer {
  readonly url: string;
}

export interface AlertmanagersAnswer {
  readonly activeAlertmanagers: readonly AlertmanagerAnswer[];
  readonly droppedAlertmanagers: readonly AlertmanagerAnswer[];
}
