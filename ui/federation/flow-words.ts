// What flows, in words: short beside an arrow, whole where it is read out.
import type { FederationSource } from '../../src/answers/index.ts';
import { counted, formatBytes, formatShort } from '../format/number.ts';
import { formatSeconds } from '../format/time.ts';
import { rhythmOf } from './health.ts';
import type { ConsumerNode, SourceNode } from './tree.ts';

type Node = SourceNode | ConsumerNode;

const FULL_UP_TO = 99_999;

/** `1,203 series`, `1.2M series`; '' where no pull was answered. */
export function seriesWords(series: number | null): string {
  if (series === null) return '';
  return series <= FULL_UP_TO ? counted(series, 'series', 'series') : `${formatShort(Number(series.toPrecision(3)))} series`;
}

export function bytesWords(bytes: number | null): string {
  return bytes === null ? '' : formatBytes(bytes);
}

export function lagWords(lagSeconds: number | null): string {
  return lagSeconds === null ? '' : `lag ${formatSeconds(lagSeconds)}`;
}

/** `every 15 s`; '' where it is not known. */
export function everyWords(node: Node): string {
  const seconds = everySeconds(node);
  return seconds > 0 ? `every ${formatSeconds(seconds < 10 ? seconds : Math.round(seconds))}` : '';
}

export function everySeconds(node: Node): number {
  return node.kind === 'source' ? node.source.intervalSeconds : (rhythmOf(node.consumer.history)?.gapMs ?? 0) / 1000;
}

/** `every 7.5 s on average: several servers?`; '' where it is not known. */
export function rhythmWords(node: ConsumerNode): string {
  const words = everyWords(node);
  return words !== '' && rhythmOf(node.consumer.history)?.isUneven ? `${words} on average: several servers?` : words;
}

export function failureWords(node: Node): string {
  const [failures, of] =
    node.kind === 'source' ? [node.source.failures, node.source.pulls] : [node.consumer.failures, node.consumer.requests];
  return failures === 0 ? '' : `${failures}/${of} failed`;
}

/** `Tributary 0.1.0`; '' for a server that says nothing of itself. */
export function softwareWords(server: { readonly software: string; readonly version: string } | null): string {
  if (server === null || server.software === 'unknown') return '';
  const name = server.software === 'tributary' ? 'Tributary' : 'Prometheus';
  return server.version === '' ? name : `${name} ${server.version}`;
}

/** As `softwareWords`, and whether that is from before. */
export function sourceSoftware({ server, serverAsOfMs }: FederationSource): string {
  const words = softwareWords(server);
  return words !== '' && serverAsOfMs > 0 ? `${words}, before` : words;
}

/** The first of a User-Agent: `Prometheus/2.42.0`. */
export function agentWords(userAgent: string): string {
  return userAgent.split(' ', 1)[0].slice(0, 60) || 'no User-Agent';
}

export function warningsOf(node: Node): number {
  if (node.kind === 'consumer') return node.consumer.warnings.length;
  return node.source.warnings.length + (node.source.server?.warnings.length ?? 0);
}
