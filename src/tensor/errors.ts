/**
 * A mistake of the caller: a sentence that says what was wrong, what was expected and what to do.
 * Programs show its message without a stack; every other error is a bug and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
