using System.Globalization;
using Microsoft.Extensions.Configuration;
using RedisAspire.ApiService.Db;
using RedisAspire.Web.Api;
using RedisAspire.Web.Localization;

namespace RedisAspire.Tests.Web;

/// <summary>The names of the products in French, which Redis has in English.</summary>
public sealed class ProductTextsTests
{
    [Theory]
    [InlineData("fr", "casque", new[] { "Noise-Cancelling Headphones", "Road Bike Helmet" })]
    [InlineData("fr", "ECRAN 4k", new[] { "4K Monitor 27" })]
    [InlineData("fr", "premium", new string[0])]
    [InlineData("fr", "", new string[0])]
    [InlineData("en", "casque", new string[0])]
    public void A_text_is_found_by_its_french_where_the_page_is_french(string language, string part, string[] expected)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);

        Assert.Equal(expected, ProductTexts.ShownWith(part).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void However_little_is_typed_the_api_takes_all_the_names()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("fr");

        Assert.All(Enumerable.Range(' ', 'z' - ' ').Select(letter => $"{(char)letter}"), part => Assert.InRange(ProductTexts.ShownWith(part).Count(), 0, ProductQuery.MaximumNames - 1));
    }

    [Fact]
    public async Task The_page_asks_for_what_was_typed_and_for_what_it_shows_so()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("fr");
        using var api = new Recorder();

        await new CatalogueClient(new ApiConnection(api, new ConfigurationBuilder().Build())).ListAsync(new ProductFilter { Name = "bouilloire" }, cursor: null, TestContext.Current.CancellationToken);

        Assert.Equal("/api/db/products?name=bouilloire&sort=price&limit=24&name=Electric%20Kettle", api.Asked);
    }

    private sealed class Recorder : HttpMessageHandler, IHttpClientFactory
    {
        public string? Asked { get; private set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://localhost") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri!.PathAndQuery;
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"items":[]}""") });
        }
    }
}
