/**
 * A map that takes no room until something is put into it: a home has dozens, and most of them stay empty. Else as
 * `Map`.
 */
export class LazyMap<K, V> implements Iterable<[K, V]> {
  private map: Map<K, V> | undefined = undefined

  get size(): number {
    return this.map === undefined ? 0 : this.map.size
  }

  get(key: K): V | undefined {
    return this.map?.get(key)
  }

  has(key: K): boolean {
    return this.map !== undefined && this.map.has(key)
  }

  set(key: K, value: V): void {
    this.map ??= new Map()
    this.map.set(key, value)
  }

  delete(key: K): boolean {
    return this.map !== undefined && this.map.delete(key)
  }

  clear(): void {
    this.map = undefined
  }

  keys(): Iterable<K> {
    return this.map?.keys() ?? []
  }

  values(): Iterable<V> {
    return this.map?.values() ?? []
  }

  [Symbol.iterator](): Iterator<[K, V]> {
    return (this.map ?? ([] as [K, V][]))[Symbol.iterator]()
  }
}
