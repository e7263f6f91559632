/** The object with every call of its methods, however deep, noted as `projects.create`. */
export function watchCalls<T extends object>(target: T, calls: string[], path = ''): T {
  return new Proxy(target, {
    get(object, key, receiver) {
      const value: unknown = Reflect.get(object, key, receiver)
      const name = path === '' ? String(key) : `${path}.${String(key)}`
      if (typeof value === 'function') {
        return (...parameters: unknown[]): unknown => {
          calls.push(name)
          return Reflect.apply(value, object, parameters)
        }
      }
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? watchCalls(value, calls, name)
        : value
    },
  })
}
