/**
 * Gives a class methods by their names, on its prototype and named as if they were written there. `call` is told
 * which one was called, on what, with which arguments.
 */
export function defineMethods<Self extends object, Name extends string>(
  prototype: Self,
  names: readonly Name[],
  call: (self: Self, name: Name, args: readonly unknown[]) => unknown,
): void {
  for (const name of names) {
    const value = function handOn(this: Self, ...args: unknown[]): unknown {
      return call(this, name, args);
    };
    Object.defineProperty(value, "name", { value: name });
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}
