using RedisAspire.Pages;

return await CommandLine.Create().Parse(args).InvokeAsync();
