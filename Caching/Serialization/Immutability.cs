using System.ComponentModel;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace RedisAspire.Caching.Serialization;

/// <summary>
/// Whether callers may share one instance of a type. As in HybridCache: strings, value types without references,
/// and sealed types marked <c>[ImmutableObject(true)]</c>.
/// </summary>
/// <typeparam name="T">The type in question.</typeparam>
internal static class Immutability<T>
{
    public static bool IsShareable { get; } =
        typeof(T) == typeof(string)
        || !RuntimeHelpers.IsReferenceOrContainsReferences<T>()
        || ((typeof(T).IsValueType || typeof(T).IsSealed)
            && typeof(T).GetCustomAttribute<ImmutableObjectAttribute>(inherit: false)?.Immutable == true);
}
