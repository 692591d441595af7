/**
 * `x ** y` to the last bit as Go's math.Pow gives it on 64-bit x86. Math.pow is as good but differs
 * in the last place now and then, and a formula must give the same number here and in the peers.
 * Go splits the exponent: the fraction goes through exp and log, the whole part through repeated
 * squaring with the powers of two kept apart.
 */
export function power(base: number, exponent: number): number {
  if (exponent === 0 || base === 1) return 1;
  if (exponent === 1) return base;
  if (Number.isNaN(base) || Number.isNaN(exponent)) return Number.NaN;
  // Zeros and infinities have one right answer each, and both languages follow IEEE 754 for them;
  // only (-1) ** Infinity is 1 in C and Go but NaN in ECMAScript.
  if (base === -1 && !Number.isFinite(exponent)) return 1;
  if (base === 0 || !Number.isFinite(base) || !Number.isFinite(exponent)) return base ** exponent;
  if (exponent === 0.5) return Math.sqrt(base);
  if (exponent === -0.5) return 1 / Math.sqrt(base);
  return finitePower(base, exponent);
}

function finitePower(base: number, exponent: number): number {
  let whole = Math.trunc(Math.abs(exponent));
  let fraction = Math.abs(exponent) - whole;
  if (fraction !== 0 && base < 0) return Number.NaN;
  if (whole >= 2 ** 63) return beyond(base, exponent);
  let mantissa = 1;
  let scale = 0;
  if (fraction !== 0) {
    if (fraction > 0.5) {
      fraction -= 1;
      whole += 1;
    }
    mantissa = exponential(fraction * logarithm(base));
  }
  let [square, squareScale] = split(base);
  while (whole !== 0) {
    if (squareScale < -4096 || squareScale > 4096) {
      scale += squareScale;
      break;
    }
    if (whole % 2 === 1) {
      mantissa *= square;
      scale += squareScale;
    }
    square *= square;
    squareScale *= 2;
    if (square < 0.5) {
      square += square;
      squareScale -= 1;
    }
    whole = Math.floor(whole / 2);
  }
  return exponent < 0 ? scaled(1 / mantissa, -scale) : scaled(mantissa, scale);
}

/** An exponent so large that it is even, and the answer is 0, 1 or infinity. */
function beyond(base: number, exponent: number): number {
  if (base === -1) return 1;
  return Math.abs(base) < 1 === exponent > 0 ? 0 : Number.POSITIVE_INFINITY;
}

const bits = new DataView(new ArrayBuffer(8));

/** A number as a fraction of [0.5, 1) and a power of two. */
function split(value: number): [number, number] {
  if (value === 0 || !Number.isFinite(value)) return [value, 0];
  if (Math.abs(value) < 2 ** -1022) {
    const [fraction, scale] = split(value * 2 ** 52);
    return [fraction, scale - 52];
  }
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const scale = ((high >>> 20) & 0x7ff) - 1022;
  bits.setUint32(0, (high & 0x800fffff) | (1022 << 20));
  return [bits.getFloat64(0), scale];
}

/** `value * 2 ** scale`, rounded once at most. */
function scaled(value: number, scale: number): number {
  const [fraction, own] = split(value);
  if (fraction === 0 || !Number.isFinite(fraction)) return fraction;
  const total = own + scale;
  if (total - 1 < -1075) return fraction < 0 ? -0 : 0;
  if (total - 1 > 1023) return fraction * Number.POSITIVE_INFINITY;
  if (total - 1 >= -1022) return fraction * 2 * 2 ** (total - 1);
  return fraction * 2 * 2 ** (total - 1 + 53) * 2 ** -53;
}

/** Minimax coefficients of the logarithm's series in s = f / (2 + f), highest first (fdlibm's). */
const LOG_ODD = [1.479819860511658591e-1, 1.818357216161805012e-1, 2.857142874366239149e-1];
const LOG_EVEN = [1.531383769920937332e-1, 2.222219843214978396e-1, 3.999999999940941908e-1];
const LOG_FIRST = 6.66666666666673513e-1;
/** ln 2 in two parts, so that a multiple of it keeps its last bits. */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** Natural logarithm of a positive finite number. */
function logarithm(value: number): number {
  let [fraction, scale] = split(value);
  if (fraction < Math.SQRT1_2) {
    fraction *= 2;
    scale -= 1;
  }
  const f = fraction - 1;
  const s = f / (2 + f);
  const s2 = s * s;
  const s4 = s2 * s2;
  const odd = s2 * (horner(LOG_ODD, s4) * s4 + LOG_FIRST);
  const even = s4 * horner(LOG_EVEN, s4);
  const half = 0.5 * f * f;
  return scale * LN2_HIGH - (half - (s * (half + (odd + even)) + scale * LN2_LOW) - f);
}

const horner = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);

const LN2_UPPER = 0.693147180559663;
const LN2_LOWER = 2.8235290563031577e-13;
/** 1/8!, 1/7!, … 1/2!, 1: the exponential's series, which 1/16 of the argument makes short. */
const EXP_SERIES = [
  2.48015873015873e-5, 0.0001984126984126984, 0.001388888888888889, 0.008333333333333333,
  0.041666666666666664, 0.16666666666666666, 0.5, 1,
];

/** e to a power, with the fused multiplications of Go's code for x86. */
function exponential(value: number): number {
  if (!Number.isFinite(value)) return value === Number.NEGATIVE_INFINITY ? 0 : value;
  if (value > 7.09782712893384e2) return Number.POSITIVE_INFINITY;
  const scale = roundToEven(value * Math.LOG2E);
  let rest = fused(-scale, LN2_UPPER, value);
  rest = fused(-scale, LN2_LOWER, rest) * 0.0625;
  let sum = EXP_SERIES[0] ?? 0;
  for (const coefficient of EXP_SERIES.slice(1)) sum = fused(sum, rest, coefficient);
  let result = rest * sum;
  for (let squaring = 0; squaring < 3; squaring += 1) result *= result + 2;
  result = fused(result, result + 2, 1);
  return scaledExponential(result, scale);
}

/** Go's last step flushes what is far below the smallest normal number to zero. */
function scaledExponential(value: number, scale: number): number {
  if (scale + 1023 >= 2047) return Number.POSITIVE_INFINITY;
  if (scale + 1023 > 0) return value * 2 ** scale;
  if (scale + 1023 < -52) return 0;
  return value * 2 ** (scale + 1022) * 2 ** -1022;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** 2 ** 27 + 1 cuts a float into two halves whose products are exact (Veltkamp). */
const SPLITTER = 134_217_729;

/**
 * `a * b + c` rounded once. The product is taken exactly as a sum of two floats (Dekker), the sum
 * likewise (Knuth), and what is left over is added last, rounded to odd so that it cannot round
 * twice (Boldo and Melquiond). Right for the small arguments above; not for the ends of the range.
 */
function fused(a: number, b: number, c: number): number {
  const product = a * b;
  const low = productError(a, b, product);
  const [sum, sumError] = twoSum(product, c);
  const [tail, tailError] = twoSum(sumError, low);
  // `sum + tail` may be off by a half that `tailError` decides; push tail to odd when it does.
  return sum + (tailError === 0 ? tail : toOdd(tail, tailError));
}

function productError(a: number, b: number, product: number): number {
  const [aHigh, aLow] = halves(a);
  const [bHigh, bLow] = halves(b);
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function halves(value: number): [number, number] {
  const scaledUp = SPLITTER * value;
  const high = scaledUp - (scaledUp - value);
  return [high, value - high];
}

function twoSum(a: number, b: number): [number, number] {
  const sum = a + b;
  const bPart = sum - a;
  return [sum, a - (sum - bPart) + (b - bPart)];
}

/** The neighbour of `value` with an odd last bit that lies towards `error`, or `value` if it is odd. */
function toOdd(value: number, error: number): number {
  bits.setFloat64(0, value);
  const pattern = bits.getBigUint64(0);
  if (pattern % 2n === 1n) return value;
  const outwards = error > 0 === value > 0;
  bits.setBigUint64(0, outwards ? pattern + 1n : pattern - 1n);
  return bits.getFloat64(0);
}
