using Microsoft.AspNetCore.Components.Web;
using Radzen;
using RedisAspire.ServiceDefaults;
using RedisAspire.Web;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components;
using RedisAspire.Web.Components.Failures;
using RedisAspire.Web.Components.Layout;
using RedisAspire.Web.Components.Workshop;
using RedisAspire.Web.Live;
using RedisAspire.Web.Localization;
using RedisAspire.Web.Operators;

var builder = WebApplication.CreateBuilder(args);

// Without this, the style sheets and scripts are missing when the build output is run outside Development.
builder.WebHost.UseStaticWebAssets();
if (builder.Configuration["DOTNET_WATCH"] is null)
{
    // Static files change only under "dotnet watch". Otherwise they are sent as the build has compressed them, and the browser caches them.
    builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
    builder.Configuration["EnableStaticAssetsDevelopmentCaching"] = "true";
}

builder.AddServiceDefaults();

builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddApiClients();
builder.Services.AddDataForwarding();
builder.Services.AddSingleton<LiveFeed>();
builder.Services.AddScoped<LiveState>();
builder.Services.AddScoped<BrowserTime>();
builder.Services.AddScoped<Learner>();
builder.Services.AddScoped<Lessons>();
builder.Services.AddScoped<WorkshopProgress>();

builder.Services.AddVisitorAddress(builder.Configuration);
builder.Services.AddOperators(builder.Configuration);
builder.Services.AddLanguages();
builder.Services.AddScoped<FailureWords>();
builder.Services.AddRazorComponents().AddInteractiveServerComponents()
    // The state that a page carries from its HTML to its circuit comes in one message; the default is 32 KB.
    .AddHubOptions(options => options.MaximumReceiveMessageSize = 512 * 1024)
    .RegisterPersistentService<LiveState>(RenderMode.InteractiveServer);
builder.Services.AddRadzenComponents();
builder.Services.AddRadzenCookieThemeService(options => options.Name = Appearance.ChosenCookie);
builder.Services.AddResponseCompression();

var app = builder.Build();

app.UseHead();
app.UseVisitorAddress();
app.UseResponseCompression();
app.UseSecurityHeaders();
app.UseRequestLocalization();
app.UseExceptionHandler("/error", createScopeForErrors: true);
app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
app.UseAuthentication();
app.UseAntiforgery();

app.MapDefaultEndpoints();
app.MapDataForwarding();
app.MapLanguageSwitch();
app.MapOperatorLogin();
app.MapLearnerLogin();
app.MapStaticAssets();
app.MapRazorComponents<App>()
    .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);

await app.RunAsync();
