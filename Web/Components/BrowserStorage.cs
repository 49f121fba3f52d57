using System.Text.Json;
using Microsoft.JSInterop;

namespace RedisAspire.Web.Components;

internal static class BrowserStorage
{
    /// <summary>Reads a list that the browser keeps. What cannot be read, because another version has written it, or somebody by hand, is empty.</summary>
    public static async Task<IEnumerable<T>> ReadListAsync<T>(this IJSRuntime script, string name)
        where T : class
    {
        try
        {
            return await script.InvokeAsync<string?>("localStorage.getItem", name) is { } json ? (JsonSerializer.Deserialize<T?[]>(json) ?? []).OfType<T>() : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public static ValueTask KeepListAsync<T>(this IJSRuntime script, string name, IEnumerable<T> list) =>
        script.InvokeVoidAsync("localStorage.setItem", name, JsonSerializer.Serialize(list));
}
