using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Localization;
using Radzen;
using Radzen.Blazor;
using RedisAspire.Web.Api;
using RedisAspire.Web.Localization;

namespace RedisAspire.Web.Components.Operators;

/// <summary>A button for operators. Other visitors see a lock, and the button shows them the login.</summary>
public sealed class OperatorButton : RadzenButton
{
    [Inject]
    private ApiConnection Api { get; set; } = null!;

    [Inject]
    private DialogService Dialogs { get; set; } = null!;

    [Inject]
    private IStringLocalizer<OperatorTexts> Words { get; set; } = null!;

    /// <summary>Whether the button works for every visitor.</summary>
    [Parameter]
    public bool IsForEverybody { get; set; }

    private bool MayClick => IsForEverybody || Api.IsOperator;

    /// <inheritdoc />
    public override Task OnClick(MouseEventArgs args) => MayClick ? base.OnClick(args) : LoginForm.OpenAsync(Dialogs, Words);

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        base.OnParametersSet();
        if (MayClick)
            return;
        // The button must not submit a form. An icon without a text stays, since it alone shows what the button does.
        ButtonType = ButtonType.Button;
        if (!string.IsNullOrEmpty(Text))
            Icon = "lock";
    }
}
