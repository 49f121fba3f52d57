using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RedisAspire.Caching.Serialization;

/// <summary>
/// Finds types that JSON writes without complaint and reads back empty, or not at all. Such a type would be a hit
/// without a value, so it is refused by name before anything is done.
/// </summary>
internal static class JsonRoundTrip
{
    /// <summary>Refuses a type that does not come back.</summary>
    /// <exception cref="NotSupportedException">It does not.</exception>
    public static void Check(Type type, JsonSerializerOptions options)
    {
        var isMadeByNobody = type.IsAbstract && options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object, PolymorphismOptions: null };
        if ((isMadeByNobody ? type : FindLost(type, options, [])) is { } lost)
        {
            throw new NotSupportedException(
                $"A value of {type} would not come back from the cache as it was: JSON cannot read {lost} back. Register an IHybridCacheSerializer<T> for it, or set SerializerOptions.");
        }
    }

    private static Type? FindLost(Type type, JsonSerializerOptions options, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!seen.Add(type))
            return null;

        var info = options.GetTypeInfo(type);
        if (info.ElementType is { } element)
            return FindLost(element, options, seen);
        if (info.Kind != JsonTypeInfoKind.Object)
            return null;

        var read = info.Properties.Where(static property => property.Set is not null || property.AssociatedParameter is not null).ToArray();
        if (read.Length == 0 && HasState(type))
            return type;
        return read.Select(property => FindLost(property.PropertyType, options, seen)).FirstOrDefault(static lost => lost is not null);
    }

    private static bool HasState(Type? type) =>
        type is not null && (type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Length > 0 || HasState(type.BaseType));
}
