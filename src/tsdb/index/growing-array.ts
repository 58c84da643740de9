// Numbers by the million, side by side: a typed array that doubles when it is full.

export class GrowingUint32 {
  length = 0;
  #values = new Uint32Array(256);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  get(index: number): number {
    return this.#values[index];
  }

  get view(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }
}

/** Of offsets in files, which may be longer than 2^32. */
export class GrowingFloat64 {
  length = 0;
  #values = new Float64Array(16);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  get(index: number): number {
    return this.#values[index];
  }
}
