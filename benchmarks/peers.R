# Time other programs on work of the size of W1 and W2: Rscript benchmarks/peers.R
#
# Optional; needs R, and the package bayesPop for its row. Figures are made up, of the right size.
# One region at a time stays in the cache, so rows that are scaled up from 20 regions flatter.

ages <- 131          # bayesPop carries single ages to 130
steps <- 80
regions <- 20
set.seed(1)

hazard <- pmin(4e-5 * exp(0.095 * (0:(ages - 1))), 0.6)
hazard[1] <- 0.004
survival <- matrix(exp(-hazard), ages, steps)
people <- matrix(1000 * exp(-(((0:(ages - 1)) / 75)^4)) + 1, ages, 2)
bearing <- 16:50     # places of the ages 15 to 49
curve <- exp(-(((15:49) - 29) / 6)^2 / 2)
fertility <- matrix(1.8 * curve / sum(curve), length(bearing), steps)
migrants <- 0.002 * people

# The plain way: one region, year by year, vectors over ages.
project_region <- function() {
  now <- people
  for (t in seq_len(steps)) {
    start <- now + migrants / 2
    end <- rbind(0, start[-ages, ] * survival[-1, t])
    end[ages, ] <- end[ages, ] + start[ages, ] * survival[ages, t]
    births <- sum(fertility[, t] * (now[bearing, 1] + end[bearing, 1])) / 2
    end[1, ] <- births * c(1, 1.05) / 2.05 * survival[1, t]
    now <- end + migrants / 2
  }
  now
}

seconds <- function(call, times) {
  call()
  median(replicate(times, system.time(for (k in seq_len(regions)) call())[["elapsed"]])) / regions
}

cat(sprintf("%-28s %12s %14s\n", "", "one region", "3,143 regions"))
report <- function(name, each) {
  cat(sprintf("%-28s %10.3g s %12.3g s\n", name, each, 3143 * each))
}
report("R, vectors over ages", seconds(project_region, 5))

if (requireNamespace("bayesPop", quietly = TRUE)) {
  # The compiled core as the package itself calls it (its function for one trajectory); all arrays
  # a little larger than needed.
  wide <- matrix(exp(-hazard), ages, steps + 1)
  alive <- matrix(cumprod(c(1, exp(-hazard)))[seq_len(ages + 1)], ages + 1, steps + 1)
  room <- function(n) numeric((n + 1) * (steps + 2))
  core <- function() {
    .C("CCM", as.integer(0), as.integer(0), as.integer(steps),
      as.numeric(matrix(migrants[, 2], ages, steps)),
      as.numeric(matrix(migrants[, 1], ages, steps)),
      as.integer(ages), as.integer(steps), as.integer(0),
      srm = as.numeric(wide), srf = as.numeric(wide),
      asfr = as.numeric(fertility), srb = rep(1.05, steps),
      Lm = as.numeric(alive), Lf = as.numeric(alive),
      lxm = as.numeric(alive), lxf = as.numeric(alive),
      nages = as.integer(ages), nfages = as.integer(length(bearing)),
      fstart = as.integer(bearing[1]),
      popm = c(people[, 2], room(ages)), popf = c(people[, 1], room(ages)),
      totp = room(1), btagem = room(length(bearing)), btagef = room(length(bearing)),
      deathsm = room(ages), deathsf = room(ages),
      PACKAGE = "bayesPop"
    )
  }
  report("bayesPop, compiled core", seconds(core, 5))
} else {
  cat("bayesPop: not installed, skipped\n")
}
