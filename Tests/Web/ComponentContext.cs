using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Radzen;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Web;

/// <summary>Draws components without a browser: with their texts and what Radzen's components need, and with scripts that answer nothing.</summary>
internal sealed class ComponentContext : BunitContext
{
    static ComponentContext() => DefaultWaitTimeout = Eventually.Limit;

    public ComponentContext()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddLocalization().AddRadzenComponents();
    }
}
