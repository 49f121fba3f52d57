using RedisAspire.Contracts;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

public sealed class LiveSnapshotTests
{
    private static readonly LiveSnapshot All = With(Node("one", "master"), Node("two", "replica"));
    private static readonly LiveSnapshot Masterless = With(Node("one", "master", "down"), Node("two", "replica"));
    private static readonly LiveSnapshot Promoted = With(Node("one", "master", "down"), Node("two", "master"));

    [Fact]
    public void There_is_no_master_when_none_is_up()
    {
        Assert.True(Masterless.HasNoMaster);
        Assert.False(All.HasNoMaster);
        Assert.False(Promoted.HasNoMaster);
        Assert.False(LiveSnapshot.None.HasNoMaster);
    }

    [Fact]
    public void It_makes_sense_to_try_again_when_somebody_is_back_or_the_master_now()
    {
        Assert.True(All.HasMoreThan(Masterless));
        Assert.True(Promoted.HasMoreThan(Masterless));
        Assert.True(All.HasMoreThan(All with { Problem = "The API is gone." }));
    }

    [Fact]
    public void It_makes_none_when_nothing_has_become_better()
    {
        Assert.False(Masterless.HasMoreThan(All));
        Assert.False(All.HasMoreThan(All with { KnownAt = DateTimeOffset.UnixEpoch }));
        Assert.False((All with { Problem = "The API is gone." }).HasMoreThan(Masterless));
        Assert.False(All.HasMoreThan(LiveSnapshot.None));
    }

    [Fact]
    public void Of_two_that_call_themselves_master_the_last_change_names_the_real_one()
    {
        var back = With(Node("one", "master"), Node("two", "master")) with { Changes = [new(7, default, "master", "two", "master", "one", null)] };

        Assert.Equal("two", back.Master!.Name);
        Assert.Equal(["former master", "master"], back.Nodes.Select(back.RoleOf));
    }

    [Fact]
    public void A_dead_node_is_no_master()
    {
        Assert.Null(Masterless.Master);
        Assert.Equal("two", Promoted.Master!.Name);
    }

    private static LiveSnapshot With(params NodeResponse[] nodes) => new() { Nodes = nodes };

    private static NodeResponse Node(string name, string role, string status = "up") =>
        new(name, role, "127.0.0.1:1", status, null, null, null, null, null, null, null, null, null, IsReadNode: false);
}
