/** Which operations work element by element, for the passes that may move things past them. */

// biome-ignore format: one name a line says nothing more
const broadcastingNames = [
  "add", "sub", "mul", "div", "pow", "maximum", "minimum", "where", "equal", "less", "lessEqual",
  "greater", "greaterEqual", "logicalAnd", "logicalOr", "logicalXor",
];

// biome-ignore format: one name a line says nothing more
const unaryNames = [
  "logicalNot", "neg", "abs", "sign", "step", "exp", "log", "sqrt", "rsqrt", "square", "reciprocal", "sin",
  "cos", "tan", "atan", "tanh", "sigmoid", "softplus", "erf", "floor", "ceil", "round", "relu", "cast",
  "log1p", "leakyRelu", "leakySlope", "elu", "clip",
];

/** Operations of several operands that broadcast by themselves, so that an `expand` before them is wasted. */
export const broadcasting: ReadonlySet<string> = new Set(broadcastingNames);

/** Operations that do not mind the order of axes. */
export const elementwise: ReadonlySet<string> = new Set([...broadcastingNames, ...unaryNames]);
