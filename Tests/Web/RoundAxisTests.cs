using RedisAspire.Web.Components.Statistics;

namespace RedisAspire.Tests.Web;

public sealed class RoundAxisTests
{
    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(28, 1, 10)]
    [InlineData(512, 1, 200)]
    [InlineData(2_400, 1024, 1024)]
    [InlineData(90_000, 1024, 20_480)]
    public void The_marks_of_an_axis_are_round_numbers_of_its_unit(double maximum, double unit, double step) =>
        Assert.Equal(step, RoundAxis.StepFor(maximum, unit));
}
