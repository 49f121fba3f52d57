using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components.Failures;

namespace RedisAspire.Tests.Web;

public sealed class FailureWordsTests : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddLocalization().AddTransient<FailureWords>()
        .AddHttpClient().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton<ApiConnection>().BuildServiceProvider();

    private FailureWords Words => _services.GetRequiredService<FailureWords>();

    public void Dispose()
    {
        CultureInfo.CurrentUICulture = _before;
        _services.Dispose();
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "Saisie refusée")]
    [InlineData(HttpStatusCode.Unauthorized, "Réservé aux opérateurs")]
    [InlineData(HttpStatusCode.Forbidden, "Non autorisé")]
    [InlineData(HttpStatusCode.NotFound, "Introuvable")]
    [InlineData(HttpStatusCode.Conflict, "Impossible dans l’état actuel")]
    [InlineData(HttpStatusCode.PreconditionFailed, "Modifié entre-temps")]
    [InlineData(HttpStatusCode.RequestEntityTooLarge, "Saisie refusée")]
    [InlineData(HttpStatusCode.TooManyRequests, "Trop de requêtes")]
    [InlineData(HttpStatusCode.InternalServerError, "L’API a échoué")]
    [InlineData(HttpStatusCode.GatewayTimeout, "La source a mis trop de temps")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "Impossible pour l’instant")]
    public void What_the_API_refuses_is_said_in_the_reader_s_language(HttpStatusCode status, string title)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("fr");

        Assert.Equal(title, Words.TitleOf(new CacheApiException("English") { Status = status }));
    }

    [Theory]
    [InlineData(FailureKind.Unreachable, "L’API est injoignable")]
    [InlineData(FailureKind.TimedOut, "L’API a mis trop de temps")]
    [InlineData(FailureKind.BrokenOff, "La connexion à l’API a été perdue")]
    public void So_is_that_it_did_not_answer(FailureKind kind, string title)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("fr");

        Assert.Equal(title, Words.TitleOf(new CacheApiException("English") { Kind = kind }));
    }

    [Theory]
    [InlineData(true, "It may have been written all the same")]
    [InlineData(false, "nothing has changed")]
    [InlineData(null, "another node takes over within seconds")]
    public void Whether_something_was_written_is_said_where_it_is_known(bool? mayHaveBeenWritten, string advice)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");

        Assert.Contains(
            advice, Words.AdviceOn(new CacheApiException("") { Status = HttpStatusCode.ServiceUnavailable, MayHaveBeenWritten = mayHaveBeenWritten }), StringComparison.Ordinal);
    }
}
