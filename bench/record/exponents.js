// @ts-check
/** How time grows. */

/** @typedef {import("./format.js").ScalingRow} ScalingRow */

/**
 * For each model and axis: the times in the order of the factors, and the slopes of log time over log factor and over log FLOP,
 * by least squares. 1 is linear.
 * @param {ScalingRow[]} rows
 */
export function exponents(rows) {
  const keys = [...new Set(rows.map(({ model, axis }) => `${model}\n${axis}`))];
  return keys.map((key) => {
    const own = rows
      .filter(({ model, axis }) => `${model}\n${axis}` === key)
      .sort((a, b) => a.factor - b.factor);
    const [model = "", axis = ""] = key.split("\n");
    const y = own.map(({ ms }) => Math.log(ms));
    const over = (/** @type {(row: ScalingRow) => number} */ x) =>
      slope(
        own.map((row) => Math.log(x(row))),
        y,
      );
    const [exponent, perFlop] = [over((row) => row.factor), over((row) => row.flops)];
    return { model, axis, ms: own.map(({ factor, ms }) => ({ factor, ms })), exponent, perFlop };
  });
}

/** @param {number[]} x @param {number[]} y */
function slope(x, y) {
  const mean = (/** @type {number[]} */ v) => v.reduce((a, b) => a + b, 0) / v.length;
  const [mx, my] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, v, i) => sum + (v - mx) * ((y[i] ?? 0) - my), 0);
  return covariance / x.reduce((sum, v) => sum + (v - mx) ** 2, 0);
}
