using RedisAspire.Topology;

namespace RedisAspire.Tests.Topology;

/// <summary>Which sentinel is believed when they name different masters.</summary>
public sealed class SentinelOpinionTests
{
    [Fact]
    public void The_higher_epoch_knows_better()
    {
        var (before, after) = (Names("old", epoch: 6, isFailingOver: false), Names("new", epoch: 7, isFailingOver: false));

        Assert.True(after.KnowsBetterThan(before));
        Assert.False(before.KnowsBetterThan(after));
        Assert.True(before.KnowsBetterThan(other: null));
    }

    // Were it believed, an old master that hung and goes on would get writes again, which are lost when it follows the new one.
    [Fact]
    public void Who_leads_a_failover_names_the_old_master_with_the_new_epoch_and_is_not_believed()
    {
        var (leader, follower) = (Names("old", epoch: 7, isFailingOver: true), Names("new", epoch: 7, isFailingOver: false));

        Assert.True(follower.KnowsBetterThan(leader));
        Assert.False(leader.KnowsBetterThan(follower));
    }

    private static SentinelOpinion Names(string host, long epoch, bool isFailingOver) => new(host, 6379, epoch, isFailingOver);
}
