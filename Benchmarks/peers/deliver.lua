-- The same signed body over and over, each time as another delivery. Says what became of them as JSON.

local function contents(path)
   local file = assert(io.open(path, "rb"))
   local text = file:read("*a")
   file:close()
   return text
end

local body = contents(os.getenv("DELIVER_BODY"))
local before = table.concat({
   "POST " .. os.getenv("DELIVER_PATH") .. " HTTP/1.1",
   "Host: 127.0.0.1",
   "Content-Type: application/json",
   "Content-Length: " .. #body,
   "X-GitHub-Event: pull_request",
   "X-Hub-Signature-256: " .. os.getenv("DELIVER_SIGNATURE"),
   "X-GitHub-Delivery: ",
}, "\r\n")
local after = "\r\n\r\n" .. body
local id = os.getenv("DELIVER_RUN") .. "-9b1a-11f0-8a54-%012x"
local number = 0

request = function()
   number = number + 1
   return before .. id:format(number) .. after
end

done = function(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '\nJSON {"answers": %d, "microseconds": %d, "refused": %d, "broken": %d, "p50_ms": %.3f, "p99_ms": %.3f}\n',
      summary.requests, summary.duration, errors.status,
      errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
