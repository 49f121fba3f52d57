using System.Text;
using RedisAspire.ApiService.Keys;

namespace RedisAspire.Tests.ApiService;

public sealed class KeysNotationTests
{
    [Theory]
    [InlineData("666f6f", "foo")]
    [InlineData("", "")]
    [InlineData("636cc3a920e29895", "clé ☕")]
    [InlineData("5c", @"\\")]
    [InlineData("615c786666", @"a\\xff")]
    [InlineData("ff0061", @"\xff\x00a")]
    [InlineData("c3", @"\xc3")]
    [InlineData("e29861", @"\xe2\x98a")]
    [InlineData("0a7f", @"\x0a\x7f")]
    [InlineData("c285", @"\xc2\x85")]
    [InlineData("f09f8e89", "🎉")]
    public void A_key_is_written_as_text_that_names_it(string hex, string text)
    {
        var key = Convert.FromHexString(hex);

        Assert.Equal(text, KeyNotation.Write(key));
        Assert.True(KeyNotation.TryRead(text, out var read));
        Assert.Equal(key, read);
    }

    [Fact]
    public void Any_bytes_are_found_again()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var key = new byte[random.Next(12)];
            random.NextBytes(key);

            Assert.True(KeyNotation.TryRead(KeyNotation.Write(key), out var read));
            Assert.Equal(key, read);
        }
    }

    [Theory]
    [InlineData(@"\")]
    [InlineData(@"a\")]
    [InlineData(@"\x")]
    [InlineData(@"\xf")]
    [InlineData(@"\xfg")]
    [InlineData(@"\n")]
    [InlineData(@"\\\")]
    public void A_backslash_alone_names_no_key(string text) => Assert.False(KeyNotation.TryRead(text, out _));

    [Theory]
    [InlineData("a*", "a*", "a")]
    [InlineData("*", "*", "")]
    [InlineData(@"a\*b", @"a\*b", "a*b")]
    [InlineData(@"a\\b?", @"a\\b?", @"a\b")]
    [InlineData("db:[ab]", "db:[ab]", "db:")]
    [InlineData(@"\x2a*", @"\**", "*")]
    [InlineData(@"a\x5c", @"a\\", @"a\")]
    [InlineData(@"\xab?c", "\u00ab?c", "\u00ab")]
    [InlineData(@"\xzz", @"\xzz", "xzz")]
    public void A_pattern_is_a_glob_in_which_bytes_can_be_written(string text, string glob, string start)
    {
        Assert.True(KeyPattern.TryRead(text, out var pattern));

        // Latin-1 has a character for every byte.
        Assert.Equal((glob, start), (Encoding.Latin1.GetString(pattern.Glob), Encoding.Latin1.GetString(pattern.Start)));
    }

    [Fact]
    public void A_pattern_may_be_any_text_as_UTF8()
    {
        Assert.True(KeyPattern.TryRead(@"clé\☕*", out var pattern));

        Assert.Equal((@"clé\☕*", "clé☕"), (Encoding.UTF8.GetString(pattern.Glob), Encoding.UTF8.GetString(pattern.Start)));
    }
}
