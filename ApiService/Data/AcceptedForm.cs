using System.Net.Mime;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ApiService.Data;

/// <summary>Which of its forms a client wants an answer in (RFC 9110, 12.5.1).</summary>
internal static class AcceptedForm
{
    /// <summary>Whether plain text is preferred to JSON, which is what anybody gets who does not say.</summary>
    /// <param name="accepted">The ranges of media types in <c>Accept</c>.</param>
    public static bool IsText(IList<MediaTypeHeaderValue> accepted)
    {
        var (text, json) = (WeightOf(accepted, MediaTypeNames.Text.Plain), WeightOf(accepted, MediaTypeNames.Application.Json));
        return text.Quality > json.Quality || (text.Quality == json.Quality && text.Quality > 0 && text.Place < json.Place);
    }

    // The most specific range counts. Of forms that are wanted alike the one comes first that was named first.
    private static (double Quality, int Place) WeightOf(IList<MediaTypeHeaderValue> accepted, string form)
    {
        var parts = form.Split('/');
        return accepted
            .Select((range, place) => (Range: range, Place: place, Fit: FitOf(range, parts[0], parts[1])))
            .Where(match => match.Fit > 0)
            .OrderByDescending(match => match.Fit)
            .Select(match => (match.Range.Quality ?? 1, match.Place))
            .FirstOrDefault();
    }

    private static int FitOf(MediaTypeHeaderValue range, string type, string subtype)
    {
        if (range.MatchesAllTypes)
            return 1;
        if (!range.Type.Equals(type, StringComparison.OrdinalIgnoreCase))
            return 0;
        return range.MatchesAllSubTypes ? 2 : range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase) ? 3 : 0;
    }
}
