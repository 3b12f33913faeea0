# Start here in R: estimate every effect by regression standardisation, and write a file you can submit.
#
#     Rscript starter.R train.csv test.csv predictions.csv
#
# It needs nothing but R itself. A logistic regression says how likely each training patient is to be dead after three years. Asked
# twice, once with everybody's fitness at the 75th percentile of the own age and sex and once at the 25th, it gives two risks a
# patient; their mean difference in a group is the group's effect. Fifty resamples give the intervals. starter.py does the same.

files <- commandArgs(trailingOnly = TRUE)
if (length(files) != 3) stop("usage: Rscript starter.R TRAIN.csv TEST.csv OUT.csv")
day <- 1095

train <- read.csv(files[1])
test <- read.csv(files[2])

# Who was lost before the day is not known and gets no weight; the others stand for them: one over the chance of being followed so long.
dead <- train$days <= day & train$died == 1
counts <- table(train$days)
lost <- tapply(train$died == 0, train$days, sum)
days <- as.numeric(names(counts))
at_risk <- rev(cumsum(rev(as.numeric(counts))))
followed <- cumprod(1 - as.numeric(lost) / at_risk)
before <- c(1, followed)[match(train$days, days)]
weight <- ifelse(dead, 1 / before, ifelse(train$days >= day, 1 / followed[max(which(days <= day))], 0))

# The five variables, fitness on the scale of the own age and sex (0 at the 25th percentile, 1 at the 75th), and products.
design <- function(vo2peak) {
  fitness <- (vo2peak - train$vo2peak_p25) / (train$vo2peak_p75 - train$vo2peak_p25)
  age <- (train$age - 65) / 10
  who <- cbind(age, age^2, pmax(age, 0)^2, train$sex == 1, pmin(train$cci, 5), train$dm,
    train$ajcc == 2, train$ajcc == 3, train$ajcc == 4)
  cbind(1, who, age * who[, 7:9], fitness, pmin(fitness, 0)^2, fitness * who[, c(1, 4:9)], fitness * age * who[, 9])
}
told <- design(train$vo2peak)
high <- design(train$vo2peak_p75)
low <- design(train$vo2peak_p25)

# One row a group, one column a patient; an empty cell of the test file does not restrict.
groups <- t(sapply(seq_len(nrow(test)), function(row) {
  inside <- rep(TRUE, nrow(train))
  for (name in c("sex", "age_band", "ajcc", "cci_band", "dm")) {
    if (!is.na(test[row, name])) inside <- inside & train[[name]] == test[row, name]
  }
  as.numeric(inside)
}))

effects <- function(counted) {
  # quasibinomial: the weights are no whole numbers, and that is meant.
  model <- glm.fit(told, as.numeric(dead), weights = weight * counted, family = quasibinomial())
  apart <- plogis(high %*% model$coefficients) - plogis(low %*% model$coefficients)
  as.numeric(groups %*% (counted * apart) / (groups %*% counted))
}

found <- effects(rep(1, nrow(train)))
set.seed(1)
again <- replicate(50, effects(tabulate(sample(nrow(train), replace = TRUE), nrow(train))))
reach <- 1.96 * apply(again, 1, sd)
out <- data.frame(estimand = test$estimand, estimate = round(found, 6),
  lower = round(found - reach, 6), upper = round(found + reach, 6))
write.csv(out, files[3], row.names = FALSE, quote = FALSE)
print(head(out))
cat(nrow(out), "estimates written to", files[3], "\n")
