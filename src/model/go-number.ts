// Numbers as Go reads and prints them: its answers, labels and messages are what ours are compared with.

// What follows a point is only looked for behind one: without that, a long text that is none takes the square of its length.
const DECIMAL = /^[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?$/i;
const HEXADECIMAL = /^([+-]?)0x([\da-f_]*)(?:\.([\da-f_]*))?p([+-]?\d[\d_]*)$/i;
const INFINITY = /^([+-]?)inf(?:inity)?$/i;
const MISPLACED_UNDERSCORE = /_(?![\da-f])|(?<![\da-fx])_|^[+-]?_/i;

/** Go's strconv.ParseFloat; null where that fails (syntax, or beyond the range). */
export function parseGoFloat(text: string): number | null {
  const infinity = INFINITY.exec(text);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  if (text.includes('_') && MISPLACED_UNDERSCORE.test(text)) return null;
  const plain = text.replaceAll('_', '');
  const hexadecimal = HEXADECIMAL.exec(plain);
  let value: number;
  if (hexadecimal && (hexadecimal[2] || hexadecimal[3])) {
    const [, sign, whole, fraction = '', exponent] = hexadecimal;
    // Exact up to 53 bits; a bucket boundary with more has never been seen.
    const digits = parseInt(`0${whole}${fraction}`, 16);
    value = digits * 2 ** (Number(exponent) - 4 * fraction.length) * (sign === '-' ? -1 : 1);
  } else if (DECIMAL.test(plain)) value = Number(plain);
  else return null;
  return Number.isFinite(value) ? value : null;
}

/** OpenMetrics's spelling: Go's shortest 'g', with `.0` where neither a point nor an exponent shows that it is a float. */
export function formatOpenMetrics(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return '0.0';
  const [mantissa, exponentText] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** Go's strconv 'e' with as many digits as are needed: 1 is 1e+00. */
export function formatExponent(value: number): string {
  if (!Number.isFinite(value)) return formatG(value);
  const [mantissa, exponent] = (Object.is(value, -0) ? '-0e+0' : value.toExponential()).split('e');
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/** Go's %g: the shortest digits that give the number back; 1000000 is 1e+06. */
export function formatG(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa, exponentText] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  // In this range String uses no exponent either.
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Go's strconv 'f' with as many digits as are needed: no exponent, however large or small. */
export function formatPlain(value: number): string {
  if (!Number.isFinite(value) || value === 0) return formatG(value);
  const [, sign, whole, fraction = '', exponent] = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential())!;
  const digits = whole + fraction;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + (point >= digits.length ? digits.padEnd(point, '0') : `${digits.slice(0, point)}.${digits.slice(point)}`);
}
