// An element of the result of a rule's query, and how its labels become those of a series or an alert.
import { compareUtf8, type Label, type Labels } from '../model/index.ts';

export interface Element {
  readonly labels: Labels;
  readonly value: number;
}

/** `labels` with those of `own` over them, in order; an empty value takes a label away. */
export function mergeLabels(labels: Labels, own: Labels): Labels {
  const merged: Label[] = [];
  let [i, j] = [0, 0];
  while (i < labels.length || j < own.length) {
    const order = i === labels.length ? 1 : j === own.length ? -1 : compareUtf8(labels[i][0], own[j][0]);
    if (order < 0) merged.push(labels[i++]);
    else {
      if (own[j][1] !== '') merged.push(own[j]);
      j++;
      if (order === 0) i++;
    }
  }
  return merged;
}
