using RedisAspire.Standalone;

return await CommandLine.Create().Parse(args).InvokeAsync();
