// Targets for the benchmarks, served by a process of their own: N ports, each a /metrics of M series of about 95 bytes a line
// (counters, gauges and histograms with HELP and TYPE). Values change at each scrape, by counting up digits where they stand in
// the finished body, so that serving costs next to nothing beside what is measured.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export interface TargetsOptions {
  readonly targets: number;
  readonly seriesPerTarget: number;
  /** gzip: compressed for those who ask for it. */
  readonly encoding: 'identity' | 'gzip';
}

interface Report {
  readonly ports: readonly number[];
  readonly bytesPerLine: number;
  readonly scrapes: number;
}

export class BenchTargets {
  readonly addresses: readonly string[];
  readonly bytesPerLine: number;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, report: Report) {
    this.#child = child;
    this.addresses = report.ports.map((port) => `127.0.0.1:${port}`);
    this.bytesPerLine = report.bytesPerLine;
  }

  /** How many bodies were asked for so far, by all servers together. */
  async scrapes(): Promise<number> {
    this.#child.send('report');
    const [report] = (await once(this.#child, 'message')) as [Report];
    return report.scrapes;
  }

  /** Waits until so many were asked for. @throws when that takes too long */
  async until(scrapes: number, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (let now = await this.scrapes(); now < scrapes; now = await this.scrapes()) {
      if (performance.now() > deadline) throw new Error(`cannot measure: got ${now} scrapes, want ${scrapes}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  stop(): void {
    this.#child.kill();
  }
}

export async function startTargets(options: TargetsOptions): Promise<BenchTargets> {
  const child = fork(import.meta.filename, ['serve', JSON.stringify(options)]);
  const [report] = (await once(child, 'message')) as [Report];
  return new BenchTargets(child, report);
}

/** A body, and where in it the numbers stand that count up: the offset of each number's last digit. */
interface Body {
  readonly bytes: Buffer;
  readonly lastDigits: Int32Array;
  round: number;
}

const methods = ['GET', 'POST', 'PUT', 'DELETE'];
const codes = ['200', '201', '400', '404', '500', '503'];
const bounds = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1.0', '2.5', '5.0', '10.0', '+Inf'];

class BodyBuilder {
  readonly #parts: string[] = [];
  readonly #lastDigits: number[] = [];
  readonly #series: number;
  #length = 0;
  #random: number;

  constructor(series: number, seed: number) {
    this.#series = series;
    this.#random = seed + 1;
  }

  build(): Body {
    for (let family = 0; this.#lastDigits.length < this.#series; family++) this.#family(family);
    return { bytes: Buffer.from(this.#parts.join(''), 'latin1'), lastDigits: Int32Array.from(this.#lastDigits), round: 0 };
  }

  #family(family: number): void {
    const zone = `zone="eu-west-1${'abc'[family % 3]}"`;
    if (family % 3 === 0) {
      const name = `http_requests_${family}_total`;
      this.#text(`# HELP ${name} Requests answered, by handler, method and code.\n# TYPE ${name} counter\n`);
      for (let path = 0; path < 20; path++)
        for (const method of methods)
          for (const code of codes) this.#line(`${name}{handler="/api/v1/resource/${path}",method="${method}",code="${code}",${zone}}`, 6);
    } else if (family % 3 === 1) {
      const name = `node_filesystem_free_${family}_bytes`;
      this.#text(`# HELP ${name} Filesystem space available in bytes.\n# TYPE ${name} gauge\n`);
      for (let disk = 0; disk < 100; disk++)
        this.#line(`${name}{device="nvme${disk}n1",mountpoint="/var/lib/data/${disk}",fstype="ext4"}`, 10);
    } else {
      const name = `request_duration_${family}_seconds`;
      this.#text(`# HELP ${name} Time from the request to the answer.\n# TYPE ${name} histogram\n`);
      for (let path = 0; path < 20; path++) {
        const labels = `handler="/api/v1/resource/${path}"`;
        for (const le of bounds) this.#line(`${name}_bucket{${labels},le="${le}"}`, 6);
        this.#line(`${name}_sum{${labels}}`, 6, '.512738');
        this.#line(`${name}_count{${labels}}`, 6);
      }
    }
  }

  /** A number of that many digits that begins with 1 to 5, so that it can count up for long before it needs another digit. */
  #line(series: string, digits: number, fraction = ''): void {
    if (this.#lastDigits.length === this.#series) return;
    let number = String(1 + (this.#next() % 5));
    while (number.length < digits) number += this.#next() % 10;
    this.#lastDigits.push(this.#length + series.length + digits);
    this.#text(`${series} ${number}${fraction}\n`);
  }

  #text(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }

  #next(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return this.#random >>> 8;
  }
}

/** Two numbers in three are another one than at the last scrape. */
function countUp({ bytes, lastDigits, round }: Body): void {
  for (let i = 0; i < lastDigits.length; i++) {
    if ((i + round) % 3 === 0) continue;
    let at = lastDigits[i];
    bytes[at] += 1 + ((i + round) & 7);
    for (; bytes[at] > 0x39; at--) {
      bytes[at] -= 10;
      bytes[at - 1]++;
    }
  }
}

function answer(body: Body, response: ServerResponse, compressed: boolean): void {
  body.round++;
  countUp(body);
  const bytes = compressed ? gzipSync(body.bytes, { level: 1 }) : body.bytes;
  if (compressed) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

async function serve(options: TargetsOptions): Promise<void> {
  const ports: number[] = [];
  let scrapes = 0;
  let bytes = 0;
  for (let i = 0; i < options.targets; i++) {
    const body = new BodyBuilder(options.seriesPerTarget, i).build();
    bytes += body.bytes.length;
    const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
      scrapes++;
      answer(body, response, options.encoding === 'gzip' && /\bgzip\b/.test(String(request.headers['accept-encoding'])));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  const report = () => process.send!({ ports, bytesPerLine: bytes / (options.targets * options.seriesPerTarget), scrapes });
  process.on('message', report);
  process.on('disconnect', () => process.exit());
  report();
}

if (process.argv[1] === import.meta.filename && process.argv[2] === 'serve') await serve(JSON.parse(process.argv[3]) as TargetsOptions);
