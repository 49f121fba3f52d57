using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace RedisAspire.Tests.ApiService;

/// <summary>Who read a product first does not overwrite who wrote it since; and changes of a part of it.</summary>
public sealed class ProductConditionTests(CatalogueFixture fixture) : IClassFixture<CatalogueFixture>
{
    private readonly ProductClient _products = fixture.Products;
    private readonly string _id = $"p-{Guid.NewGuid():N}";

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        var tag = await PutAsync("1");

        using var unchanged = await _products.GetAsync(_id, ("If-None-Match", $"\"other\", {tag}"));
        await PutAsync("2");
        using var changed = await _products.GetAsync(_id, ("If-None-Match", tag));

        Assert.Equal((HttpStatusCode.NotModified, tag, ""), (unchanged.StatusCode, unchanged.Headers.ETag?.Tag, await unchanged.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task A_product_that_has_changed_meanwhile_is_not_overwritten_patched_or_deleted()
    {
        var old = await PutAsync("1");
        await PutAsync("2");

        using var put = await _products.PutAsync(_id, ProductClient.Body(price: "3"), ("If-Match", old));
        using var patch = await _products.PatchAsync(_id, """{"price":4}""", ("If-Match", old));
        using var delete = await _products.DeleteAsync(_id, ("If-Match", old));

        Assert.All([put, patch, delete], response => Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode));
        Assert.Equal(2, await PriceAsync());
    }

    [Fact]
    public async Task A_product_that_is_as_it_was_read_is_written()
    {
        var first = await PutAsync("1");

        using var put = await _products.PutAsync(_id, ProductClient.Body(price: "2"), ("If-Match", $"\"0\", {first}"));
        using var patch = await _products.PatchAsync(_id, """{"price":3}""", ("If-Match", put.Headers.ETag!.Tag));
        Assert.Equal(3, await PriceAsync());
        using var delete = await _products.DeleteAsync(_id, ("If-Match", patch.Headers.ETag!.Tag));

        Assert.All([put, patch, delete], response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task What_was_read_can_be_changed_and_sent_back_but_not_as_another_product()
    {
        await PutAsync("1");
        using var read = await _products.GetAsync(_id);
        var body = JsonNode.Parse((await ProductClient.JsonAsync(read)).GetProperty("data").GetRawText())!.AsObject();
        body["price"] = 2;

        using var put = await _products.PutAsync(_id, body.ToJsonString(), ("If-Match", read.Headers.ETag!.Tag));
        using var patch = await _products.PatchAsync(_id, (await _products.ReadAsync(_id)).GetRawText());
        using var other = await _products.PutAsync($"{_id}-other", body.ToJsonString());
        using var created = await _products.PostAsync("/api/db/products", body.ToJsonString());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, 2), (put.StatusCode, patch.StatusCode, await PriceAsync()));
        Assert.NotEqual(read.Headers.ETag, put.Headers.ETag);
        foreach (var refused in new[] { other, created })
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Equal("id", Assert.Single((await ProductClient.JsonAsync(refused)).GetProperty("errors").EnumerateObject()).Name);
        }
    }

    [Fact]
    public async Task A_version_is_never_given_again()
    {
        var first = await PutAsync("1");
        using var deleted = await _products.DeleteAsync(_id);
        await PutAsync("1");

        using var response = await _products.PutAsync(_id, ProductClient.Body(price: "2"), ("If-Match", first));

        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
    }

    [Fact]
    public async Task A_product_is_created_only_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            _products.PutAsync(_id, ProductClient.Body(price: i.ToString(CultureInfo.InvariantCulture)), ("If-None-Match", "*"))));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task What_has_to_exist_and_does_not_is_not_created()
    {
        using var put = await _products.PutAsync(_id, ProductClient.Body(), ("If-Match", "*"));
        using var patch = await _products.PatchAsync(_id, "{}", ("If-Match", "*"));
        using var delete = await _products.DeleteAsync(_id, ("If-Match", "*"));
        using var patchOfNothing = await _products.PatchAsync(_id, "{}");

        Assert.All([put, patch, delete], response => Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode));
        Assert.Equal(HttpStatusCode.NotFound, patchOfNothing.StatusCode);
    }

    [Theory]
    [InlineData("If-Match", "\"unfinished")]
    [InlineData("If-Match", "")]
    [InlineData("If-None-Match", "\"7\"")]
    public async Task A_condition_that_makes_no_sense_is_refused(string header, string value)
    {
        using var put = await _products.PutAsync(_id, ProductClient.Body(), (header, value));
        using var delete = await _products.DeleteAsync(_id, (header, value));

        Assert.All([put, delete], response => Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode));
        Assert.NotEmpty((await ProductClient.JsonAsync(put)).GetProperty("errors").GetProperty(header)[0].GetString()!);
    }

    [Theory]
    [InlineData("\"no version\"")]
    [InlineData("W/\"1\"")]
    [InlineData("\"1,2\"")]
    public async Task A_tag_that_no_product_has_matches_none(string tag)
    {
        await PutAsync("1");

        using var response = await _products.PutAsync(_id, ProductClient.Body(price: "2"), ("If-Match", tag));

        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
    }

    [Fact]
    public async Task No_change_is_lost_among_clients_that_read_change_and_write()
    {
        const int Clients = 4;
        const int Changes = 10;
        await PutAsync("0");

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (var done = 0; done < Changes;)
            {
                using var read = await _products.GetAsync(_id);
                var price = (await ProductClient.JsonAsync(read)).GetProperty("data").GetProperty("price").GetInt32();
                using var written = await _products.PatchAsync(_id, $$"""{"price":{{price + 1}}}""", ("If-Match", read.Headers.ETag!.Tag));
                if (written.StatusCode == HttpStatusCode.OK)
                    done++;
                else
                    Assert.Equal(HttpStatusCode.PreconditionFailed, written.StatusCode);
            }
        }));

        Assert.Equal(Clients * Changes, await PriceAsync());
    }

    [Fact]
    public async Task Patches_of_different_members_at_the_same_time_are_all_kept()
    {
        await PutAsync("1");

        var answers = await Task.WhenAll(
            _products.PatchAsync(_id, """{"price":2}"""), _products.PatchAsync(_id, """{"name":"other"}"""), _products.PatchAsync(_id, """{"in_stock":false}"""), _products.PatchAsync(_id, """{"features":null}"""));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        var product = await _products.ReadAsync(_id);
        Assert.Equal((2, "other", false, 0), (product.GetProperty("price").GetInt32(), product.GetProperty("name").GetString(), product.GetProperty("in_stock").GetBoolean(), product.GetProperty("features").GetArrayLength()));
    }

    [Theory]
    [InlineData("""{"name":null}""", 400)]
    [InlineData("""{"price":-1}""", 400)]
    [InlineData("""{"price":"1"}""", 400)]
    [InlineData("""{"id":"other"}""", 400)]
    [InlineData("""{"version":7}""", 400)]
    [InlineData("""{"features":{"0":"a"}}""", 400)]
    [InlineData("""{"name":"\ud800"}""", 400)]
    [InlineData("""{"\ud800":"a"}""", 400)]
    [InlineData("""{"price":1,"price":2}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("", 400)]
    public async Task A_patch_that_would_leave_no_product_is_refused(string patch, int status)
    {
        var before = await PutAsync("1");

        using var response = await _products.PatchAsync(_id, patch);
        using var read = await _products.GetAsync(_id);

        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(before, read.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task A_patch_is_told_which_member_is_none()
    {
        await PutAsync("1");

        using var response = await _products.PatchAsync(_id, """{"price":"cheap"}""");

        Assert.Equal("It is a number.", (await ProductClient.JsonAsync(response)).GetProperty("errors").GetProperty("price")[0].GetString());
    }

    [Fact]
    public async Task A_patch_of_another_type_is_not_read()
    {
        using var response = await _products.SendAsync(HttpMethod.Patch, $"/api/db/products/{_id}", "{}", "text/plain", []);

        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    private async Task<decimal> PriceAsync() => (await _products.ReadAsync(_id)).GetProperty("price").GetDecimal();

    private async Task<string> PutAsync(string price)
    {
        using var response = await _products.PutAsync(_id, ProductClient.Body(price: price));
        response.EnsureSuccessStatusCode();
        return response.Headers.ETag!.Tag;
    }
}
