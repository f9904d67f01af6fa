/** The value of `map` for `key`; where there is none, `make` makes one and it is inserted. */
export function getOrInsert<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: (key: K) => V,
): V {
  const there = map.get(key);
  if (there !== undefined) return there;
  const made = make(key);
  map.set(key, made);
  return made;
}
