using Microsoft.AspNetCore.Http.Metadata;

namespace RedisAspire.ApiService.Problems;

/// <summary>Finds what is wrong with the parameters of a request that cannot be read.</summary>
internal static class ParameterErrors
{
    /// <summary>Says what the parameters have to be that are not.</summary>
    public static Dictionary<string, string[]> In(IQueryCollection query, Endpoint endpoint)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var parameter in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            var name = parameter.ParameterInfo.GetCustomAttributes(inherit: false).OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? parameter.Name;
            var form = ValueForm.Of(parameter.ParameterInfo.ParameterType);
            if (query.TryGetValue(name, out var values) && !form.Fits(values.ToString()))
                errors[name] = [form.Description];
        }

        return errors;
    }
}
