/**
 * Powers, and 1 − x² − y² without cancellation, of exported JavaScript modules.
 *
 * In _one_minus_squares, what rounding p, q and 1 − p lost is given back, that of the larger square
 * first: where they cancel, only the last sum is rounded then.
 */


/** x to the power n > 0, which rounds n - 1 times. */
function _power(x, n) {
  let power = x;
  for (let i = 1; i < n; i++) power *= x;
  return power;
}


/** x**2 - square, exactly (Veltkamp's splitting, Dekker's product). */
function _lost_in_square(x, square) {
  const scaled = x * (2 ** 27 + 1);
  const high = scaled - (scaled - x);
  const low = x - high;
  return ((high * high - square) + 2 * high * low) + low * low;
}


/** 1 - x**2 - y**2, with what each operation rounds away. */
function _one_minus_squares(x, y) {
  [x, y] = Math.abs(x) < Math.abs(y) ? [y, x] : [x, y];
  const p = x * x, q = y * y;
  const rest = 1 - p;
  const lost = (1 - rest) - p;
  return (((rest - q) + lost) - _lost_in_square(x, p)) - _lost_in_square(y, q);
}
