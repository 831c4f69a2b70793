// Small decoders for values that came from outside. A decoder returns the value it understood or
// `undefined`; it never throws and never lets through a key that it does not know.

export type Decoder<T> = (value: unknown) => T | undefined;

/** Makes the compiler ask for a decoder of every field, so that a schema change cannot be missed. */
type Fields<T> = { [K in keyof Required<T>]: Decoder<Required<T>[K]> };
type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

export const text: Decoder<string> = (v) => (typeof v === 'string' ? v : undefined);
export const flag: Decoder<boolean> = (v) => (typeof v === 'boolean' ? v : undefined);
export const number: Decoder<number> = (v) =>
  typeof v === 'number' && Number.isFinite(v) ? v : undefined;

/** An id is used as key and in addresses: short, never empty. */
export const id: Decoder<string> = (v) =>
  typeof v === 'string' && v.length > 0 && v.length <= 200 ? v : undefined;

/** A value that may be missing or wrong without spoiling the whole. */
export function or<T>(decoder: Decoder<T>, fallback: T): Decoder<T> {
  return (v) => decoder(v) ?? fallback;
}

/** An unknown word of a newer server becomes `fallback`. */
export function oneOf<T extends string>(words: readonly T[], fallback: T): Decoder<T> {
  return (v) => (words as readonly unknown[]).includes(v) ? (v as T) : fallback;
}

export function literal<T extends string>(word: T): Decoder<T> {
  return (v) => (v === word ? word : undefined);
}

/** Elements that cannot be understood are left out; anything but a list is an empty list. */
export function list<T>(element: Decoder<T>): Decoder<T[]> {
  return (v) => {
    if (!Array.isArray(v)) return [];
    return v.map(element).filter((e): e is T & {} => e !== undefined && e !== null);
  };
}

/** A record; undefined when a field that is not in `optional` cannot be decoded. */
export function record<T extends object>(
  fields: Fields<T>,
  optional: readonly OptionalKeys<T>[] = [],
): Decoder<T> {
  const entries = Object.entries(fields) as [keyof T & string, Decoder<unknown>][];
  const mayMiss = new Set<PropertyKey>(optional);
  return (v) => {
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return undefined;
    const source = v as Record<string, unknown>;
    const out: Record<string, unknown> = {};
    for (const [name, decode] of entries) {
      const given = Object.hasOwn(source, name) ? source[name] : undefined;
      if (mayMiss.has(name) && (given === undefined || given === null)) continue;
      const value = decode(given);
      if (value !== undefined) out[name] = value;
      else if (!mayMiss.has(name)) return undefined;
    }
    return out as T;
  };
}
