# Start here in R: two cause-specific Cox models, put together to the probability of dying of colorectal cancer.
#
#     Rscript starter.R train.csv test.csv predictions.csv
#
# It needs R's survival package only. Who dies of the one cause cannot die of the other any more, so both models are needed for the
# probability of either. starter.py does the same in Python, with more features.

library(survival)

files <- commandArgs(trailingOnly = TRUE)
if (length(files) != 3) stop("usage: Rscript starter.R TRAIN.csv TEST.csv OUT.csv")
horizons <- c(p_1y = 365, p_3y = 1095, p_5y = 1825)

train <- read.csv(files[1])
test <- read.csv(files[2])
typical <- sapply(train[setdiff(names(test), "patient_id")], median, na.rm = TRUE)

# Missing values become the training median; an indicator says who had no check-up.
features <- function(p) {
  for (column in names(typical)) p[[column]][is.na(p[[column]])] <- typical[[column]]
  x <- data.frame(
    age = (p$age - 65) / 10, age_beyond_65 = pmax((p$age - 65) / 10, 0)^2, male = p$sex == 1,
    low_income = p$income <= 1, dx_year = p$dx_year - 2015, right = p$site == 1, rectum = p$site == 4,
    signet_ring = p$histology == 8490, poor_grade = p$poor_grade, log_cea = log(p$cea / 3),
    cci = pmin(p$cci, 5), dm = p$dm, not_screened = p$screened == 0,
    former = p$smoking == 1, current = p$smoking == 2, underweight = p$bmi < 18.5,
    hb = pmax(pmin(p$hb - 12.8, 2), -5), vo2peak = (p$vo2peak - 21) / 5, vo2peak_below_16 = pmax(16 - p$vo2peak, 0) / 5,
    emergency = p$emergency, laparoscopy = p$laparoscopy, tertiary = p$tertiary
  ) * 1
  # Effects that may differ between early (I, II), regional (III) and metastatic (IV) disease.
  for (name in c("age", "log_cea")) {
    x[[paste0(name, "_regional")]] <- x[[name]] * (p$ajcc == 3)
    x[[paste0(name, "_metastatic")]] <- x[[name]] * (p$ajcc == 4)
  }
  x$stage <- p$ajcc
  x
}

known <- cbind(features(train), days = train$days)
fit <- function(cause) {
  known$died <- as.numeric(train$event == cause)
  coxph(Surv(days, died) ~ . - stage + strata(stage), data = known)
}
models <- list(cancer = fit(1), other = fit(2))

# Each stage has its own baseline hazard. Day by day: who dies on that day, times the cancer's share of that day's hazard.
asked <- features(test)
asked$days <- 1
asked$died <- 0
relative <- lapply(models, function(model) exp(predict(model, newdata = asked, type = "lp", reference = "zero")))
baseline <- lapply(models, basehaz, centered = FALSE)
out <- data.frame(patient_id = test$patient_id)
for (name in names(horizons)) out[[name]] <- NA_real_
for (stage in sort(unique(test$ajcc))) {
  rows <- which(test$ajcc == stage)
  own <- lapply(baseline, function(b) b[b$strata == paste0("stage=", stage) | b$strata == as.character(stage), ])
  days <- sort(unique(unlist(lapply(own, function(b) b$time))))
  days <- days[days <= max(horizons)]
  steps <- lapply(own, function(b) diff(c(0, approx(b$time, b$hazard, days, method = "constant", yleft = 0, rule = 2)$y)))
  alive <- rep(1, length(rows))
  reached <- numeric(length(rows))
  at <- 1
  for (k in seq_along(days)) {
    while (at <= length(horizons) && days[k] > horizons[at]) {
      out[rows, names(horizons)[at]] <- reached
      at <- at + 1
    }
    cancer <- relative$cancer[rows] * steps$cancer[k]
    both <- cancer + relative$other[rows] * steps$other[k]
    left <- alive * exp(-both)
    reached <- reached + ifelse(both > 0, (alive - left) * cancer / both, 0)
    alive <- left
  }
  while (at <= length(horizons)) {
    out[rows, names(horizons)[at]] <- reached
    at <- at + 1
  }
}
out[names(horizons)] <- round(out[names(horizons)], 6)
write.csv(out, files[3], row.names = FALSE, quote = FALSE)
cat("mean probability of death from colorectal cancer within 5 years:", round(mean(out$p_5y), 3), "\n")
cat(nrow(out), "predictions written to", files[3], "\n")
