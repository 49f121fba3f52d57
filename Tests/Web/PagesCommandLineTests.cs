using Commands = RedisAspire.Pages.CommandLine;

namespace RedisAspire.Tests.Web;

public sealed class PagesCommandLineTests
{
    [Fact]
    public void The_application_may_be_at_other_addresses()
    {
        var parsed = Commands.Create().Parse("measure first-view --web http://localhost:6000 --api http://localhost:6001 --admin-key key --operator-token token".Split(' '));

        Assert.Empty(parsed.Errors);
        Assert.Equal((new Uri("http://localhost:6000"), new Uri("http://localhost:6001")), (parsed.GetValue<Uri>("--web"), parsed.GetValue<Uri>("--api")));
    }

    [Fact]
    public void What_is_no_address_is_refused() =>
        Assert.NotEmpty(Commands.Create().Parse("measure first-view --web nowhere --admin-key key --operator-token token".Split(' ')).Errors);
}
