# Start here in R: a logistic regression that writes a file you can submit.
#
#     Rscript starter.R train.csv test.csv predictions.csv
#
# It needs nothing but R itself. Before it writes, it asks the training patients by cross-validation how much better the model is
# than a table of age and stage. starter.py fits more features and holds them back by a penalty.

files <- commandArgs(trailingOnly = TRUE)
if (length(files) != 3) stop("usage: Rscript starter.R TRAIN.csv TEST.csv OUT.csv")

train <- read.csv(files[1])
test <- read.csv(files[2])
typical <- sapply(train[setdiff(names(test), "patient_id")], median, na.rm = TRUE)

# Missing values become the training median; indicators say that they were missing.
features <- function(p) {
  cea_missing <- as.numeric(is.na(p$cea))
  for (column in names(typical)) p[[column]][is.na(p[[column]])] <- typical[[column]]
  data.frame(
    age = (p$age - 65) / 10, age_beyond_65 = pmax((p$age - 65) / 10, 0)^2, male = p$sex == 1,
    low_income = p$income <= 1, stage_2 = p$ajcc == 2, stage_3 = p$ajcc == 3, stage_4 = p$ajcc == 4,
    signet_ring = p$histology == 8490, poor_grade = p$poor_grade,
    log_cea = log(p$cea / 3), cea_missing = cea_missing,
    cci = pmin(p$cci, 5), dm = p$dm, not_screened = p$screened == 0, current_smoker = p$smoking == 2,
    underweight = p$bmi < 18.5, hb = pmax(pmin(p$hb - 12.8, 2), -5),
    vo2peak = (p$vo2peak - 21) / 5, vo2peak_below_16 = pmax(16 - p$vo2peak, 0) / 5, ve_vco2 = (p$ve_vco2 - 32) / 5,
    emergency = p$emergency, laparoscopy = p$laparoscopy, tertiary = p$tertiary
  ) * 1
}

regression <- function(train, test) {
  model <- glm(died ~ ., family = binomial, data = cbind(features(train), died = train$died_1y))
  predict(model, newdata = features(test), type = "response")
}

# What a table on the wall says: the share of the training patients of the same age band and stage who died.
table_on_the_wall <- function(train, test) {
  shares <- tapply(train$died_1y, list(train$age_band, train$ajcc), mean)
  shares[cbind(as.character(test$age_band), as.character(test$ajcc))]
}

set.seed(1)
fold <- sample(rep(1:5, length.out = nrow(train)))
for (name in c("table_on_the_wall", "regression")) {
  predicted <- numeric(nrow(train))
  for (k in 1:5) predicted[fold == k] <- get(name)(train[fold != k, ], train[fold == k, ])
  cat("5-fold cross-validation,", name, ": Brier", round(mean((train$died_1y - predicted)^2), 5), "\n")
}

out <- data.frame(patient_id = test$patient_id, p_1y = round(regression(train, test), 6))
write.csv(out, files[3], row.names = FALSE, quote = FALSE)
cat(nrow(out), "predictions written to", files[3], "\n")
