using Microsoft.AspNetCore.Components;
using Radzen;

namespace RedisAspire.Web.Components;

internal static class DialogServiceExtensions
{
    /// <summary>Asks before something that cannot be undone.</summary>
    public static async Task<bool> AskAsync(this DialogService dialogs, string question, string yes, string no, string consequence) =>
        await dialogs.Confirm(consequence, question, new ConfirmOptions { OkButtonText = yes, CancelButtonText = no, CloseDialogOnEsc = true }) == true;

    /// <summary>Opens a form, and returns what it was closed with; null if nothing was saved.</summary>
    public static async Task<object?> EditAsync<TForm>(this DialogService dialogs, string title, params (string Name, object? Value)[] parameters)
        where TForm : ComponentBase =>
        await dialogs.OpenAsync<TForm>(
            title,
            parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value, StringComparer.Ordinal),
            new DialogOptions { Width = "min(36rem, 94vw)", CloseDialogOnEsc = true, AutoFocusFirstElement = true });
}
