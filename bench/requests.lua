-- Sends the requests of a list (method, path, cookie, body; one a line, a file a thread) and counts the answers.
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

function init(args)
  list, sent, answers, others = {}, 0, 0, 0
  expected, once = tonumber(args[2]), args[3] == "once"
  for line in io.lines(args[1] .. "." .. number) do
    local method, path, cookie, body = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)")
    local headers = { ["cookie"] = "tongban_session=" .. cookie }
    if method == "POST" then headers["content-type"] = "application/x-www-form-urlencoded" end
    list[#list + 1] = wrk.format(method, path, headers, method == "POST" and body or nil)
  end
  total = #list
end

function request()
  sent = sent + 1
  if once and sent > total then
    -- Nothing left to send: what follows is answered by nobody's draft and is counted as another answer.
    return wrk.format("GET", "/livez?spent")
  end
  return list[(sent - 1) % total + 1]
end

function response(status)
  answers = answers + 1
  if status ~= expected then others = others + 1 end
end

function done(summary, latency)
  local all, wrong = 0, 0
  for _, thread in ipairs(threads) do
    all = all + thread:get("answers")
    wrong = wrong + thread:get("others")
  end
  local errors = summary.errors
  io.write(string.format('{"answers": %d, "others": %d, "lost": %d, "seconds": %.3f, "p50": %.2f, "p99": %.2f}\n',
    all, wrong, errors.connect + errors.read + errors.write + errors.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
